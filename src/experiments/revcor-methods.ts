import { filterMethods } from "./revcor-filter-methods.js";
import { linearMethods } from "./revcor-linear-methods.js";

/** Every method by the name that the command line takes. */
export const methods = { ...linearMethods, ...filterMethods };

export type MethodName = keyof typeof methods;

export const methodNames = Object.keys(methods) as MethodName[];
