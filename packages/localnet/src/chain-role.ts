/** What a chain of a network is for. */
export type ChainRole = "provider" | "consumer" | "plain";
