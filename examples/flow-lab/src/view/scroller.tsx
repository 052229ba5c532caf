import type { ComponentChildren } from 'preact';

interface Props {
  class: string;
  label: string;
  children: ComponentChildren;
}

/** What may be too large for its place, and can be scrolled by the keyboard as well. */
export function Scroller({ class: name, label, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a place in the order of tabs no key scrolls it
    <section class={name} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
