// Compares the two mirrors of the door: each method in native/binding/addon.cpp carries its TypeScript
// signature as a comment, and these must be the functions of `NativeBinding` in lib/native/binding.ts.
import {existsSync, readFileSync} from 'node:fs';

const [addon, binding] = ['native/binding/addon.cpp', 'lib/native/binding.ts'];
if (!existsSync(addon)) {
	console.log(`${addon} does not exist: nothing to compare`);
	process.exit(0);
}

const tidy = text =>
	text
		.replaceAll(/\s+/g, ' ')
		.replaceAll(/\/\*.*?\*\//g, '')
		.replaceAll(/ ?([(){},;|]) ?/g, '$1')
		.trim();

// `name(a: A, b: B): C`, whatever its line breaks; parentheses may hold function types.
const signatures = text =>
	new Map(
		[...text.matchAll(/(\w+)(\((?:[^()]|\([^()]*\))*\): [^;]+)(?:;|$)/g)].map(([, name, rest]) => [
			name,
			tidy(rest),
		]),
	);

const typeText =
	/export type NativeBinding = \{\n([\s\S]*?)\n\};/.exec(readFileSync(binding, 'utf8'))?.[1] ?? '';
const declared = signatures(typeText.replaceAll(/\/\*\*[\s\S]*?\*\//g, ''));

// A signature may take several comment lines, and several signatures may stand above one method.
const comments = readFileSync(addon, 'utf8').matchAll(
	/((?:^[ \t]*\/\/.*\n)+)[ \t]*\w[\w:<>&* ]*\(/gm,
);
const told = new Map(
	[...comments].flatMap(([, block]) => {
		const text = block
			.replaceAll(/^[ \t]*\/\/ *(?=\w+\()/gm, ';')
			.replaceAll(/^[ \t]*\/\/ ?/gm, ' ');
		const start = text.search(/\b\w+\((?:[^()]|\([^()]*\))*\): /);
		return start < 0 ? [] : [...signatures(text.slice(start))];
	}),
);

const found = [];
for (const name of new Set([...declared.keys(), ...told.keys()])) {
	const [ours, theirs] = [declared.get(name), told.get(name)];
	if (ours === theirs) continue;
	found.push(`${name}\n  ${binding}: ${ours ?? 'missing'}\n  ${addon}: ${theirs ?? 'missing'}`);
}
if (declared.size === 0) found.push(`${binding} has no type NativeBinding`);
for (const line of found) console.log(line);
process.exitCode = found.length === 0 ? 0 : 1;
