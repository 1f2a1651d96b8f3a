/** LARDER_THOROUGH=1: tests that draw their cases draw more of them, and the cache is copied into all projects; minutes more. */
export const IS_THOROUGH = process.env['LARDER_THOROUGH'] === '1';
