/**
 * A reporter for jest: prints one line, `verdict: ` and how many tests passed, the names of those that failed, and the suites
 * that could not run at all. Jest writes its own JSON too late: not when `--bail` has ended it.
 */
export default class VerdictReporter {
  onRunComplete(_contexts, { numPassedTests: passed, testResults }) {
    const failed = testResults.flatMap((suite) =>
      suite.testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
    const broken = testResults
      .filter(({ testExecError }) => testExecError)
      .map(
        ({ testFilePath, testExecError }) =>
          `${testFilePath}: ${String(testExecError.message).trim().split('\n', 1)[0]}`,
      );
    process.stdout.write(`verdict: ${JSON.stringify({ passed, failed, broken })}\n`);
  }
}
