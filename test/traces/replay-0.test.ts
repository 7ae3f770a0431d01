/** Traces of the formal model on our chains, part 1 of 4: the state is compared after every step. */
import { replayShard } from "./support/replay-shard.ts";

replayShard(0);
