/** Traces of the formal model on our chains, part 4 of 4: the state is compared after every step. */
import { replayShard } from "./support/replay-shard.ts";

replayShard(3);
