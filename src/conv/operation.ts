/** The three operations of a layer: `Z = c(K, V)`, `dK = g(G, V)` and `dV = h(K, G)`. */
export type Operation = "forward" | "kernelGradient" | "inputGradient";
