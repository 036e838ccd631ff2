/** What strangers say may get into a text: it stays on its line and cannot steer a terminal. */
export const visible = (text: string): string =>
	text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character => {
		if (character === '\t') return ' ';
		return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
	});

/** What Node says of wrong arguments goes on at length, over several lines. */
export const firstSentence = (text: string): string => text.replace(/\.?\s*[\n.] ?[^]*$/, '');
