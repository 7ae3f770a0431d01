/**
 * Addresses that recorded scenarios write for their validators. Lists of power shaping and new owners name validators by
 * these; which keys a run uses is its own matter, and the run's own addresses stand in for them.
 */

/** What a scenario writes for one validator, under any prefix. */
export interface WrittenAddresses {
  readonly account: string;
  readonly consensus: string;
}

/** By the validator's name, as interchain-security's own networks have them. */
export const WRITTEN_ADDRESSES: Readonly<Record<string, WrittenAddresses>> = {
  alice: {
    account: "cosmos19pe9pg5dv9k5fzgzmsrgnw9rl9asf7ddwhu7lm",
    consensus: "cosmosvalcons1qmq08eruchr5sf5s3rwz7djpr5a25f7xw4mceq",
  },
  bob: {
    account: "cosmos1dkas8mu4kyhl5jrh4nzvm65qz588hy9qcz08la",
    consensus: "cosmosvalcons1nx7n5uh0ztxsynn4sje6eyq2ud6rc6klc96w39",
  },
  carol: {
    account: "cosmos19hz4m226ztankqramvt4a7t0shejv4dc79gp9u",
    consensus: "cosmosvalcons1ezyrq65s3gshhx5585w6mpusq3xsj3ayzf4uv6",
  },
  david: {
    account: "cosmos1jv9j37zakskecthedez2xuvkd7aj4v96u6wm57",
    consensus: "cosmosvalcons1vde2tkme0336durkp7qlehyw2v0r2rgm5lfcw5",
  },
  eve: {
    account: "cosmos1p56m290cgys4396e3f8p4kj9lrzwak7zemg45t",
    consensus: "cosmosvalcons1dqvy6lz440hj4zxjske5knsyx60ac5estqx6k2",
  },
  fred: {
    account: "cosmos13s90cyesdm2292pn8mnzmjm0ez3nd7jaw32tdq",
    consensus: "cosmosvalcons1xvuktnaz3rvwmldw7ktv7lcn2xf7l252wmsv5e",
  },
};
