// @ts-check
/**
 * Shapes that the client's scripts share; for editors and `tsc`, never served.
 *
 * @typedef {{file: string, line: number, column: number, severity: string, kind: string,
 *   message: string, help?: string, package?: string, frame: string}} Diagnostic
 * @typedef {{path: string, url: string}} HotModule
 * @typedef {{revision: number, hot: HotModule[], css: HotModule[], reload: boolean,
 *   diagnostics: Diagnostic[]}} Patch
 * @typedef {{app: string, base: string, opaque: boolean, router: boolean, revision: number,
 *   diagnostics: Diagnostic[]}} Config
 * @typedef {{path: string, source: string, compiler: string, runtime: string}} ComponentRequest
 */
export {};
