import { serve, type ThreadMessage } from "../kernels/thread-pool.js";
import { runOnBoard } from "./threaded-board.js";

/** What a worker of a pool for `useConvThreads` does with each message: its share of a convolution, on kernels of its own. */
export function serveConv(message: ThreadMessage): void {
  serve(message, runOnBoard);
}
