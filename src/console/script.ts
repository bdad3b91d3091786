/**
 * What makes the pages nicer where scripts run: copies ids, opens forms as dialogs, says that something new has come. Every page works
 * without it. Runs in the browser, so it uses nothing of this module but itself.
 */
export function clientScript(): void {
  document.documentElement.classList.add('has-script');
  document.addEventListener('click', (event) => {
    const pressed = event.target instanceof Element ? event.target.closest('[data-copy]') : null;
    if (pressed instanceof HTMLElement) void copy(pressed);
  });

  async function copy(button: HTMLElement): Promise<void> {
    const { copy: text = '', copied = '' } = button.dataset;
    await navigator.clipboard.writeText(text);
    const words = button.querySelector('span');
    if (!words || copied === '' || words.textContent === copied) return;
    const before = words.textContent;
    words.textContent = copied;
    button.classList.add('copied');
    setTimeout(() => {
      words.textContent = before;
      button.classList.remove('copied');
    }, 2_000);
  }
}
