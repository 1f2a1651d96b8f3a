import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM, findProgram } from '../../services/index.js';
import { reportOf } from '../report/page.js';
import { recordedRun } from './recorded.js';

const program = await findProgram(CHROMIUM).catch((error: unknown) => String(error));
const isMissing = !program.startsWith('/');
if (isMissing) process.stderr.write(`skipped: the report is not looked at in a browser: ${program}\n`);

const IN_PAGE = fileURLToPath(new URL('./in-page.js', import.meta.url));
const SIZES = [
  { width: 1_280, height: 900 },
  { width: 400, height: 800 },
];

(isMissing ? describe.skip : describe)('the report in a browser', () => {
  let browser: Browser;
  let dir: string;
  let address: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
    dir = await mkdtemp(join(tmpdir(), 'larder-report-'));
    address = `file://${join(dir, 'report.html')}`;
    await writeFile(join(dir, 'report.html'), reportOf(recordedRun()));
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function open(
    options: BrowserContextOptions,
    onRequest: (url: string) => void = () => undefined,
  ): Promise<Page> {
    const page = await browser.newPage(options);
    page.on('request', (request) => {
      onRequest(request.url());
    });
    await page.goto(address);
    await page.addScriptTag({ path: IN_PAGE });
    return page;
  }

  describe.each(SIZES)('$width pixels wide', (viewport) => {
    let page: Page;
    const asked: string[] = [];

    beforeAll(async () => {
      page = await open({ viewport }, (url) => asked.push(url));
    });

    afterAll(() => page.close());

    it('fits the window, and cuts no text off', async () => {
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
      expect(await page.evaluate('outside()')).toEqual([]);
    });

    it('puts no text upon another, and breaks no figure', async () => {
      expect(await page.evaluate('overlaps()')).toEqual([]);
      expect(await page.evaluate('broken()')).toEqual([]);
    });

    it('shows every plot, with something drawn in it, and says what it shows', async () => {
      const plots = await page.evaluate<{ label: string; hasRoom: boolean; drawn: boolean }[]>('plots()');
      expect(plots).toHaveLength(3 * recordedRun().rows.length);
      expect(plots.filter(({ label, hasRoom, drawn }) => label === '' || !hasRoom || !drawn)).toEqual([]);
    });

    it('has text that is large enough to read', async () => {
      expect(await page.evaluate<number>('smallestText()')).toBeGreaterThanOrEqual(12);
    });

    it('is not blank, and asks for nothing but itself', async () => {
      expect((await page.screenshot({ fullPage: true })).length).toBeGreaterThan(50_000);
      expect(asked).toEqual([address]);
    });
  });

  it.each(['light', 'dark'] as const)('has enough contrast in %s', async (colorScheme) => {
    const page = await open({ colorScheme });
    expect(await page.evaluate<number>('leastContrast()')).toBeGreaterThanOrEqual(4.5);
    await page.close();
  });
});
