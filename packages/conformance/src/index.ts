/** Replays what others recorded against our chains. */

export {};
