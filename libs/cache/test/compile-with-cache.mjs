/**
 * node compile-with-cache.mjs TSCONFIG: compiles the project in the current folder with its own TypeScript, and checks its
 * sources and the declarations of @larder/cache. `tsc` checks the declarations of no package, or of all, in three times the
 * time; so would `emit()` of all files at once.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const cwd = process.cwd();
const ts = createRequire(join(cwd, 'package.json'))('typescript');
const { config, error } = ts.readConfigFile(process.argv[2], ts.sys.readFile);
const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, cwd);
const program = ts.createProgram(fileNames, { ...options, skipLibCheck: false });
const checked = program.getSourceFiles().filter(({ fileName }) => /\/(src|@larder)\//.test(fileName.slice(cwd.length)));
const findings = [
  ...(error ? [error] : []),
  ...errors,
  ...ts.sortAndDeduplicateDiagnostics(checked.flatMap((file) => [...ts.getPreEmitDiagnostics(program, file)])),
  ...program.getRootFileNames().flatMap((name) => program.emit(program.getSourceFile(name)).diagnostics),
];
const host = { getCurrentDirectory: () => cwd, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
process.stdout.write(ts.formatDiagnostics(findings, host));
process.exitCode = findings.length === 0 ? 0 : 1;
