/** The raw tile on a core of its own: asked to run for so many milliseconds, it says how many GFLOP/s it made. */
import { createInterface } from "node:readline";
import { steadyTile, tileFor } from "../harness.js";

steadyTile();
for await (const line of createInterface({ input: process.stdin })) console.log(tileFor(Number(line)));
process.exit(0);
