// The page of all paths: a card for each, with its newest picture.
import type {PathView} from '../../lib/api/types.ts';
import {ServerError, fetchPaths} from '../shared/api-client.ts';
import {Card} from '../shared/card.ts';
import {byId, repeat, setText} from '../shared/dom.ts';

const grid = byId('grid', HTMLUListElement);
const summary = byId('summary', HTMLParagraphElement);
const notice = byId('notice', HTMLParagraphElement);
const filter = byId('filter', HTMLInputElement);
const cards = new Map<string, Card>();
// With fewer they are all in sight.
const filterFrom = 9;

filter.addEventListener('input', applyFilter);
repeat(update, 2000);

async function update(): Promise<void> {
	try {
		show(await fetchPaths());
	} catch (error) {
		say(
			error instanceof ServerError
				? `The server does not show its cameras: ${error.message}.`
				: 'The server does not answer. Trying again…',
		);
	}
}

function show(paths: readonly PathView[]): void {
	const names = new Set(paths.map(({name}) => name));
	for (const [name, card] of cards) {
		if (names.has(name)) continue;
		card.close();
		cards.delete(name);
	}
	for (const [index, path] of paths.entries()) {
		const card = cards.get(path.name) ?? addCard(path.name);
		card.update(path);
		if (grid.children[index] !== card.element)
			grid.insertBefore(card.element, grid.children[index] ?? null);
	}
	const live = paths.filter(({state}) => state === 'ready').length;
	setText(summary, paths.length === 0 ? '' : `${live} of ${paths.length} live`);
	filter.hidden = paths.length < filterFrom;
	applyFilter();
	say(
		paths.length === 0
			? 'No cameras yet. Add one to sluice.yml, or start with: sluice rtsp://user:password@camera/stream'
			: '',
	);
}

function addCard(name: string): Card {
	const card = new Card(name);
	cards.set(name, card);
	return card;
}

function applyFilter(): void {
	const wanted = filter.hidden ? '' : filter.value.trim().toLowerCase();
	for (const [name, {element}] of cards) element.hidden = !name.toLowerCase().includes(wanted);
}

function say(text: string): void {
	notice.hidden = text === '';
	setText(notice, text);
}
