import type {PathView} from '../../lib/api/types.ts';
import {encodeName} from './api-client.ts';
import {make, setText} from './dom.ts';
import {countReaders, describeStream, formatAge} from './format.ts';
import {fetchThumbnail} from './thumbnail.ts';
import {explain, stateWords} from './words.ts';

// A live card is as fresh as most cameras' key frames; others change seldom.
const livePauseMs = 2000;
const otherPauseMs = 15_000;

/** One path in the grid: picture, state and figures; a link to where it plays. */
export class Card {
	readonly element: HTMLLIElement;
	readonly #name: string;
	readonly #picture = make('img', 'picture');
	readonly #badge = make('span', 'badge');
	readonly #age = make('span', 'age');
	readonly #title = make('p', 'cover-title');
	readonly #text = make('p', 'cover-text');
	readonly #readers = make('span', 'viewers');
	readonly #facts = make('p', 'card-facts');
	readonly #frame: HTMLElement;
	readonly #closing = new AbortController();
	readonly #observer: IntersectionObserver;
	#path: PathView | undefined;
	#isSeen = false;
	#isFetching = false;
	#nextFetchMs = 0;
	#objectUrl = '';
	/** Whether the picture is of now; undefined: there is none. */
	#picturedAge: {ageSeconds: number | undefined} | undefined;

	constructor(name: string) {
		this.#name = name;
		this.#picture.alt = '';
		this.#picture.hidden = true;
		const cover = make('span', 'cover', this.#title, this.#text);
		this.#frame = make('div', 'frame', this.#picture, cover, this.#badge, this.#age);
		const heading = make('h2', 'card-name', name);
		heading.title = name;
		const line = make('div', 'card-line', heading, this.#readers);
		const link = make('a', 'card', this.#frame, line, this.#facts);
		link.href = `/${encodeName(name)}/`;
		this.element = make('li', '', link);
		this.#observer = new IntersectionObserver(
			([entry]) => {
				this.#isSeen = entry?.isIntersecting ?? false;
				void this.#refresh();
			},
			{rootMargin: '200px'},
		);
		this.#observer.observe(this.element);
	}

	update(path: PathView): void {
		const isNewState = path.state !== this.#path?.state;
		this.#path = path;
		if (isNewState) this.#nextFetchMs = 0;
		setText(this.#badge, stateWords[path.state]);
		this.#badge.dataset['state'] = path.state;
		setText(this.#readers, path.state === 'ready' ? countReaders(path) : '');
		setText(this.#facts, describeStream(path).join('  ·  ') || '—');
		this.#showCover();
		void this.#refresh();
	}

	close(): void {
		this.#closing.abort();
		this.#observer.disconnect();
		this.element.remove();
		URL.revokeObjectURL(this.#objectUrl);
	}

	#showCover(): void {
		const problem = this.#path && explain(this.#path);
		const hasPicture = this.#picturedAge !== undefined;
		const isSoundOnly = this.#path?.state === 'ready' && this.#path.width === null;
		const waiting = isSoundOnly
			? {title: 'Sound only', text: ''}
			: {title: 'Waiting for a picture', text: ''};
		const words = problem ?? waiting;
		this.#frame.dataset['cover'] = hasPicture ? (problem ? 'over' : 'none') : 'full';
		setText(this.#title, words.title);
		setText(this.#text, words.text);
		const age = this.#picturedAge?.ageSeconds;
		setText(this.#age, age === undefined ? '' : formatAge(age));
	}

	async #refresh(): Promise<void> {
		const now = performance.now();
		if (!this.#isSeen || this.#isFetching || now < this.#nextFetchMs) return;
		this.#isFetching = true;
		this.#nextFetchMs = now + (this.#path?.state === 'ready' ? livePauseMs : otherPauseMs);
		try {
			await this.#load();
		} catch {
			// The server is away; the list says so.
		} finally {
			this.#isFetching = false;
		}
		this.#showCover();
	}

	async #load(): Promise<void> {
		const thumbnail = await fetchThumbnail(this.#name, 640, this.#closing.signal);
		if (!thumbnail) return;
		const before = this.#objectUrl;
		this.#objectUrl = thumbnail.url;
		this.#picture.src = thumbnail.url;
		await this.#picture.decode();
		this.#picture.hidden = false;
		this.#picturedAge = thumbnail;
		URL.revokeObjectURL(before);
	}
}
