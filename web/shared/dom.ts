/** The element with this id, which the page's own HTML has. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
	const element = document.getElementById(id);
	if (!(element instanceof kind)) throw new TypeError(`Expected an element with the id ${id}`);
	return element;
};

/** A new element; what it shows is text, never HTML. */
export const make = <Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	className: string,
	...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
	const element = document.createElement(tag);
	if (className) element.className = className;
	element.append(...content);
	return element;
};

/** Touches the page only where something changed, so that nothing flickers or loses its selection. */
export const setText = (element: HTMLElement, text: string): void => {
	if (element.textContent !== text) element.textContent = text;
};

/** Calls again and again, `pauseMs` after the last call ended, while the page is seen. */
export const repeat = (work: () => Promise<void>, pauseMs: number): void => {
	const run = async () => {
		if (!document.hidden) await work();
		window.setTimeout(() => void run(), pauseMs);
	};
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden) void work();
	});
	void run();
};
