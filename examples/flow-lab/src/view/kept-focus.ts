// What has the focus may be gone after a change, such as a button that made room for what it asked for. The keyboard then goes on from
// the nearest part of the page that is still there, not from its top.
import { useEffect, useRef } from 'preact/hooks';

/** Parts that may have the focus without being in the order of tabs. */
const PARTS = '[tabindex="-1"]:not(input)';

/** To be called by what draws all of the page: it looks after each drawing. */
export function useKeptFocus(): void {
  const around = useRef<Element[]>([]);
  useEffect(() => {
    const seen = ({ target }: FocusEvent): void => {
      around.current = target instanceof Element ? ancestorsOf(target) : [];
    };
    addEventListener('focusin', seen);
    return () => removeEventListener('focusin', seen);
  }, []);
  useEffect(() => {
    const [last, ...others] = around.current;
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const part = others.find((it) => it.isConnected && it.matches(PARTS)) ?? document.getElementById('main');
    if (part instanceof HTMLElement) part.focus({ preventScroll: true });
  });
}

function ancestorsOf(element: Element): Element[] {
  const above = element.parentElement;
  return above ? [element, ...ancestorsOf(above)] : [element];
}
