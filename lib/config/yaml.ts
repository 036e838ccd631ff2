import {isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument} from 'yaml';
import type {Document, ErrorCode, Node, Pair, Scalar, YAMLMap} from 'yaml';
import {Locations} from './locations.ts';
import type {KeyPath} from './locations.ts';
import {rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';

/** What a YAML text says; every scalar is the text that was written, one without any is null. */
export type YamlText = {raw: unknown; locations: Locations; problems: string[]};

const maxProblems = 10;
const maxBytes = 8 * 2 ** 20;
const maxDepth = 32;
/** Each alias counts what it stands for: nine lines of aliases of aliases would be a billion otherwise. */
const maxNodes = 500_000;

/** What stands in place of sentences of the parser that do not help to mend a file. */
const hints: Partial<Record<ErrorCode, string>> = {
	BLOCK_AS_IMPLICIT_KEY:
		'expected one value; one that ends with a colon, or has a colon and a space in it, stands in quotes such as "test:"',
};

/**
 * Reads YAML without giving a scalar any type: which words mean yes, and whether 0123 is a number or a
 * password, depends on the key (lib/config/values.ts), and on YAML's version only for those who must guess.
 */
export function parseYaml(text: string, file: string): YamlText {
	const lines = new LineCounter();
	const locations = new Locations();
	locations.set([], file);
	if (Buffer.byteLength(text) > maxBytes) {
		return {raw: null, locations, problems: [`${file}: expected at most ${maxBytes} bytes`]};
	}
	const walk = new Walk(file, lines, locations);
	const parsed = parse(text, lines);
	if (typeof parsed === 'string') return {raw: null, locations, problems: [`${file}: ${parsed}`]};
	for (const {pos, code, message} of [...parsed.errors, ...parsed.warnings]) {
		walk.problems.push(`${walk.place(pos[0])}: ${hints[code] ?? message.split('\n')[0] ?? ''}`);
	}
	const raw = walk.problems.length > 0 ? null : walk.value(parsed, parsed.contents, []);
	return {raw, locations, problems: firstOf(walk.problems)};
}

/** One bracket too many may make every line that follows one more problem. */
function firstOf(problems: string[]): string[] {
	const others = problems.length - maxProblems;
	return others > 0 ? [...problems.slice(0, maxProblems), `and ${others} more`] : problems;
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | string {
	try {
		return parseDocument(text, {
			schema: 'failsafe',
			uniqueKeys: false,
			prettyErrors: false,
			merge: false,
			lineCounter,
		});
	} catch (error) {
		// The parser calls itself for each level of nesting.
		if (error instanceof RangeError) return 'expected less nesting';
		return `expected YAML: ${error instanceof Error ? error.message : String(error)}`;
	}
}

class Walk {
	readonly problems: string[] = [];
	readonly #file: string;
	readonly #lines: LineCounter;
	readonly #locations: Locations;
	#nodes = 0;
	#isFull = false;

	constructor(file: string, lines: LineCounter, locations: Locations) {
		this.#file = file;
		this.#lines = lines;
		this.#locations = locations;
	}

	place = (offset: number): string => `${this.#file}:${this.#lines.linePos(offset).line}`;

	value(document: Document, node: Node | null, path: KeyPath): unknown {
		if (!this.#count(node, path)) return null;
		if (isAlias(node)) return this.value(document, node.resolve(document) ?? null, path);
		if (isMap(node)) return this.#map(document, node, path);
		if (isSeq(node)) {
			return node.items.map((item, index) => {
				this.#locate([...path, index], item as Node);
				return this.value(document, item as Node, [...path, index]);
			});
		}
		return isScalar(node) ? scalar(node) : null;
	}

	#count(node: Node | null, path: KeyPath): boolean {
		if (this.#isFull) return false;
		if (++this.#nodes <= maxNodes && path.length <= maxDepth) return true;
		this.#isFull = true;
		const limit = path.length > maxDepth ? `${maxDepth} levels` : `${maxNodes} values`;
		this.problems.push(
			`${this.place(node?.range?.[0] ?? 0)}: expected at most ${limit}, aliases counted`,
		);
		return false;
	}

	#map(document: Document, map: YAMLMap, path: KeyPath): RawMap {
		const own = rawMap();
		let merged = rawMap();
		for (const pair of map.items as Pair<Node | null, Node | null>[]) {
			const key = this.#key(pair.key);
			if (key === undefined) continue;
			if (key === '<<') merged = rawMap(this.#merge(document, pair, path), merged);
			else this.#add({own, key, pair, document, path});
		}
		return rawMap(merged, own);
	}

	#key(key: Node | null): string | undefined {
		if (isScalar(key) && typeof key.value === 'string' && isWritten(key)) return key.value;
		this.problems.push(`${this.place(key?.range?.[0] ?? 0)}: expected a key that is a text`);
		return undefined;
	}

	#add({
		own,
		key,
		pair,
		document,
		path,
	}: {
		own: RawMap;
		key: string;
		pair: Pair<Node | null, Node | null>;
		document: Document;
		path: KeyPath;
	}): void {
		const place = this.place(pair.key?.range?.[0] ?? 0);
		const keyPath = [...path, key];
		if (key in own) {
			this.problems.push(
				`${place}: expected ${keyPath.join('.')} once, it is in line ${this.#locations.find(keyPath)?.replace(/.*:/, '') ?? ''} already`,
			);
			return;
		}
		this.#locations.set(keyPath, place);
		own[key] = this.value(document, pair.value, keyPath);
	}

	/** `<<: *other` and `<<: [*one, *other]`; the earlier wins. */
	#merge(document: Document, pair: Pair<Node | null, Node | null>, path: KeyPath): RawMap {
		const value = this.value(document, pair.value, path);
		const parts = (Array.isArray(value) ? value : [value]) as unknown[];
		const maps = parts.filter(part => typeof part === 'object' && part !== null) as RawMap[];
		if (maps.length < parts.length) {
			this.problems.push(
				`${this.place(pair.key?.range?.[0] ?? 0)}: expected a map of keys after <<`,
			);
		}
		return rawMap(...maps.reverse());
	}

	#locate(path: KeyPath, node: Node | null): void {
		if (node?.range) this.#locations.set(path, this.place(node.range[0]));
	}
}

/** Empty only in quotes. */
const isWritten = ({value, type}: Scalar): boolean => value !== '' || type !== 'PLAIN';

function scalar(node: Scalar): string | null {
	const text = typeof node.value === 'string' ? node.value : String(node.value);
	const isPlain = node.type === undefined || node.type === 'PLAIN';
	return isPlain && ['', '~', 'null', 'Null', 'NULL'].includes(text) ? null : text;
}
