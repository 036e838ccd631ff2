/** Bytes written as hexadecimal; all else separates. */
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/[^\da-f]/g, ''), 'hex');
