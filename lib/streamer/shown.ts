import type {Order} from './options.ts';
import type {StreamerOutput} from './output.ts';
import {createRedactor} from './secrets.ts';

/** What others say, as it may be shown; a file in the making is called what it will be called. */
export const wordsFor = ({
	order,
	output,
}: {
	order: Order;
	output: Pick<StreamerOutput, 'recipe'>;
}): ((text: string) => string) => {
	const place = order.output;
	const redact = createRedactor([order.inputText, order.outputText]);
	return text => {
		const {recipe} = output;
		const isPart = recipe.type === 'file' && place.type === 'file';
		return redact(isPart ? text.replaceAll(recipe.location, place.location) : text);
	};
};
