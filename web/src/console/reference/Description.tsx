/** Text of the document: paragraphs, and code between backticks. */
export function Description({ text }: { text: string }) {
  return text.split(/\n{2,}/).map((paragraph) => (
    <p key={paragraph} className="description">
      {paragraph.split(/`([^`]+)`/).map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts keep their order
        index % 2 ? <code key={index}>{part}</code> : part)}
    </p>
  ));
}
