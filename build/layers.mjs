// Fails when a file includes or imports what its layer may not. The table is docs/architecture.md in code.
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {files} from './tools.mjs';

// Each layer, and what it may use besides itself. <x> lies outside the repository.
const inner = ['lib/util', 'lib/errors', 'lib/observe', 'lib/config'];
const middle = [...inner, 'lib/auth', 'lib/native', 'lib/media', 'lib/readers', 'lib/http'];
const layers = {
	'native/core': [],
	'native/io': ['native/core', '<openssl>', '<srtp>'],
	'native/gst': ['native/core', 'native/io', '<gst>'],
	'native/pipelines': ['native/core', 'native/io', 'native/gst', '<gst>'],
	'native/binding': [
		'native/core',
		'native/io',
		'native/gst',
		'native/pipelines',
		'<gst>',
		'<napi>',
	],
	'lib/util': [],
	'lib/errors': ['lib/util'],
	'lib/observe': ['lib/util', 'lib/errors'],
	'lib/config': ['lib/util', 'lib/errors'],
	'lib/auth': inner,
	'lib/http': ['lib/util', 'lib/errors', 'lib/observe', 'lib/auth'],
	'lib/native': ['lib/util', 'lib/errors', 'lib/observe', '<addon>'],
	'lib/media': [...inner, 'lib/native'],
	'lib/readers': ['lib/util', 'lib/errors', 'lib/native'],
	'lib/protocols': middle,
	'lib/api': [...inner, 'lib/auth', 'lib/media', 'lib/http'],
	'lib/library': [...inner, 'lib/native', 'lib/media'],
	// A composition root beside lib/server.ts.
	'lib/streamer': [...middle, 'lib/protocols', 'lib/api'],
	'lib/inspect': [...middle, 'lib/protocols/rtsp'],
	web: [],
};
// These may use everything; of them only the command lines and the package's door use the server.
const above = /^lib\/(server|sources|listeners|web-readers|index)\.ts$|^lib\/cli\//;
// A protocol's or a page's options and types are told where they are composed.
const exceptions = {
	'lib/config': /^lib\/protocols\/[^/]+\/options\.ts$/,
	web: /^lib\/(api|protocols\/mse)\/types\.ts$/,
};
const outside = [
	[/^(napi|node_api|node|uv|v8)\b/, '<napi>'],
	[/^(gst|glib|gio|gobject)\b/, '<gst>'],
	[/^openssl\//, '<openssl>'],
	[/^srtp/, '<srtp>'],
];

const ruleOf = path =>
	Object.keys(layers).find(layer => path.startsWith(`${layer}/`) || path.startsWith(`${layer}.`));
// Each protocol is a layer of its own: they share a rule, not each other.
const layerOf = path => /^lib\/protocols\/[^/]+/.exec(path)?.[0] ?? ruleOf(path);

const found = [];
const complain = (file, text) => found.push(`${file}: ${text}`);

for (const file of await files(['native/**.[ch]pp', 'lib/**.ts', 'web/**.ts'])) {
	const text = readFileSync(file, 'utf8');
	if (above.test(file)) continue;
	const layer = layerOf(file);
	if (layer === undefined) complain(file, 'is in no layer of build/layers.mjs');
	else for (const use of usesOf(file, text)) checkUse(file, layer, use);
}
checkCycles(await files(['lib/**.ts', 'web/**.ts']));

for (const line of found) console.log(line);
process.exitCode = found.length === 0 ? 0 : 1;

// What a file uses: paths in the repository, or names of things outside.
function usesOf(file, text) {
	const own = [...text.matchAll(/^#include "([^"]+\/[^"]+)"/gm)].map(
		([, path]) => `native/${path}`,
	);
	const foreign = [...text.matchAll(/^#include <([^>]+)>/gm)].map(
		([, path]) => outside.find(([pattern]) => pattern.test(path))?.[1],
	);
	const addon = /\.node['"`]/.test(text) ? ['<addon>'] : [];
	return new Set([...own, ...foreign, ...importsOf(file, text), ...addon].filter(Boolean));
}

function importsOf(file, text) {
	const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g);
	return [...found].map(([, path]) => join(dirname(file), path));
}

function checkUse(file, layer, use) {
	if (above.test(use)) return complain(file, `nothing but lib/cli may use ${use}`);
	const used = use.startsWith('<') ? use : layerOf(use);
	if (used === undefined || used === layer || exceptions[ruleOf(file)]?.test(use)) return;
	if (layers[ruleOf(file)].includes(used) || layers[ruleOf(file)].includes(ruleOf(use))) return;
	complain(file, `${layer} may not use ${used}`);
}

function checkCycles(sources) {
	const graph = new Map(sources.map(file => [file, valueImports(file)]));
	const done = new Set();
	const walk = (file, way) => {
		if (way.includes(file))
			return complain(file, `cycle: ${[...way.slice(way.indexOf(file)), file].join(' -> ')}`);
		if (done.has(file)) return;
		for (const next of graph.get(file) ?? []) walk(next, [...way, file]);
		done.add(file);
	};
	for (const file of sources) walk(file, []);
}

// Types may name each other in a circle; modules that run may not.
function valueImports(file) {
	const text = readFileSync(file, 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
	return importsOf(file, text);
}
