// Bundles web/ into dist/web: every page of web/pages with its style, its script and the player, hls.js as a file of its own.
import {existsSync, globSync, cpSync, mkdirSync, rmSync} from 'node:fs';
import {basename} from 'node:path';
import {build} from 'esbuild';
import {root} from './tools.mjs';

const target = `${root}/dist/web`;
rmSync(target, {recursive: true, force: true});
mkdirSync(`${target}/assets`, {recursive: true});

const scripts = globSync(
	['web/pages/*.ts', 'web/player/sluice-player.ts'].filter(glob => globSync(glob).length > 0),
);
if (scripts.length > 0) {
	await build({
		entryPoints: [
			...scripts.map(path => ({in: path, out: basename(path, '.ts')})),
			{in: 'hls.js', out: 'hls'},
		],
		outdir: `${target}/assets`,
		bundle: true,
		splitting: true,
		format: 'esm',
		target: 'es2022',
		minify: true,
		legalComments: 'none',
		logLevel: 'warning',
	});
}
for (const path of globSync('web/**/*.html')) cpSync(path, `${target}/${basename(path)}`);
for (const path of globSync('web/**/*.{css,svg,png,ico,webmanifest}'))
	cpSync(path, `${target}/assets/${basename(path)}`);
if (existsSync('node_modules/hls.js/LICENSE'))
	cpSync('node_modules/hls.js/LICENSE', `${target}/assets/hls.LICENSE.txt`);
