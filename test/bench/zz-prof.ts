import { benchRelay } from "./network.ts";

console.log(JSON.stringify(await benchRelay(Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 2))));
