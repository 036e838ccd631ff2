// The wall: 4, 9 or 16 cameras at once. `?n=9`, `?page=1` (from 0), `?paths=door,gate` for some of them.
import {SluicePlayer} from '../player/sluice-player.ts';
import {encodeName, fetchPaths} from '../shared/api-client.ts';
import {byId, make, repeat, setText} from '../shared/dom.ts';

const counts = [4, 9, 16] as const;

const wall = byId('wall', HTMLDivElement);
const summary = byId('summary', HTMLParagraphElement);
const notice = byId('notice', HTMLParagraphElement);
const choices = byId('choices', HTMLElement);
const asked = new URLSearchParams(location.search);
const count = counts.find(it => it === Number(asked.get('n'))) ?? 4;
const page = Math.max(0, Math.trunc(Number(asked.get('page') ?? 0)) || 0);
const chosen = asked.get('paths')?.split(',').filter(Boolean);
const figures = new Map<string, HTMLElement>();

wall.style.setProperty('--columns', String(Math.sqrt(count)));
repeat(update, 5000);

async function update(): Promise<void> {
	try {
		show(chosen ?? (await fetchPaths()).map(({name}) => name));
	} catch {
		say('The server does not answer, or does not show its cameras. Trying again…');
	}
}

function show(names: readonly string[]): void {
	const seen = names.slice(page * count, (page + 1) * count);
	for (const [name, figure] of figures) {
		if (seen.includes(name)) continue;
		figure.remove();
		figures.delete(name);
	}
	for (const name of seen) if (!figures.has(name)) add(name);
	setText(summary, `${seen.length} of ${names.length}`);
	showChoices(Math.ceil(names.length / count));
	say(seen.length === 0 ? 'No cameras here.' : '');
}

function add(name: string): void {
	const player = new SluicePlayer();
	player.setAttribute('src', `/${encodeName(name)}`);
	const link = make('a', '', name);
	link.href = `/${encodeName(name)}/`;
	const figure = make('figure', '', player, make('figcaption', '', link));
	figures.set(name, figure);
	wall.append(figure);
}

function showChoices(pages: number): void {
	const links = counts.map(it => link(String(it), {n: it, page: 0}, it === count));
	if (page > 0) links.unshift(link('‹', {n: count, page: page - 1}, false));
	if (page + 1 < pages) links.push(link('›', {n: count, page: page + 1}, false));
	choices.replaceChildren(...links);
}

function link(text: string, to: {n: number; page: number}, isHere: boolean): HTMLAnchorElement {
	const query = new URLSearchParams(asked);
	query.set('n', String(to.n));
	query.set('page', String(to.page));
	const element = make('a', '', text);
	element.href = `?${query}`;
	if (isHere) element.setAttribute('aria-current', 'true');
	return element;
}

function say(text: string): void {
	notice.hidden = text === '';
	setText(notice, text);
}
