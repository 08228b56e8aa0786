// Packs the package, installs it in an empty folder and uses it by name, as a user's script would.
// usage: node .ci/use-packed.mjs FOLDER
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

run("npm", ["run", "--silent", "build"], ".");
const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], "."));
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
run("npm", ["install", "--no-fund", "--no-audit", `./${filename}`], folder);
writeFileSync(
  join(folder, "script.mjs"),
  `import { complexCell, conv, fitGabor, poissonSpikes, renderGabor, simpleCell, spikeTriggeredAverage, tensor, whiteNoise } from "striate";
const grid = { height: 12, width: 12 };
const gabor = { amplitude: 1, betaX: 0.1, betaY: 0.06, frequency: 1, phase: 0.5, x0: 0.5, y0: -0.5, tau: 0.6 };
const stimulus = whiteNoise({ grid, frames: 20000, frameSeconds: 1 / 60, seed: 1 });
const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 60, seed: 2 });
const fit = fitGabor(spikeTriggeredAverage(stimulus, spikes, { lags: 1 }));
const distance = Math.abs(fit.gabor.frequency - 1) / fit.standardErrors.frequency;
if (!(distance < 4)) throw new Error("the frequency is " + fit.gabor.frequency);
if (complexCell(gabor).respond(stimulus).drive.length !== 20000) throw new Error("no response");
const field = renderGabor(gabor, grid);
const sum = conv(tensor(field.data, [1, 12, 12]), tensor(new Float32Array(9).fill(1), [1, 1, 3, 3]));
if (sum.shape.join() !== "1,10,10") throw new Error("conv gave " + sum.shape);
console.log("used by name: frequency", fit.gabor.frequency.toFixed(3), "of 1, R2", fit.rSquared.toFixed(3));
`,
);
process.stdout.write(run("node", ["script.mjs"], folder));
process.stdout.write(run("npx", ["striate", "list"], folder));
