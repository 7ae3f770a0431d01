/** JSON-RPC of a chain through whichever of its nodes answers. */
import { HttpClient, type RpcClient } from "@cosmjs/tendermint-rpc";

/** A door of the chain. */
export interface Door {
  readonly url: string;
  /** Whether to knock at all. */
  readonly open: boolean;
}

/** An answer that a node gave on purpose: another one would say the same. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error && /"code":\s*-3\d{4}/.test(error.message);

/**
 * Asks the first door that is open, and goes on with that one until it does not answer any more: nodes may be a block
 * apart, and a client should not see a chain go back. When none answers, the last failure is thrown.
 */
export function createFailoverRpc(doors: () => readonly Door[]): RpcClient {
  const clients = new Map<string, HttpClient>();
  let current: string | undefined;

  const clientOf = (url: string): HttpClient => {
    let client = clients.get(url);
    if (client === undefined) {
      client = new HttpClient(url);
      clients.set(url, client);
    }
    return client;
  };

  return {
    async execute(request) {
      const all = doors();
      const open = all.filter((door) => door.open).map((door) => door.url);
      // With every door closed somebody has to say so.
      const urls = open.length > 0 ? open : all.slice(0, 1).map((door) => door.url);
      const order = [...urls.filter((url) => url === current), ...urls.filter((url) => url !== current)];
      let failure: unknown;
      for (const url of order)
        try {
          const answer = await clientOf(url).execute(request);
          current = url;
          return answer;
        } catch (error) {
          if (isAnswer(error)) throw error;
          failure = error;
        }
      throw failure;
    },
    disconnect() {
      clients.clear();
    },
  };
}
