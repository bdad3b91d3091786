/**
 * What makes the pages nicer where scripts run: copies ids, opens a form that is folded away as a dialog, says that something new has come. Every page works
 * without it. Runs in the browser, so it uses nothing of this module but itself.
 */
export function clientScript(): void {
  document.documentElement.classList.add('has-script');
  document.addEventListener('click', (event) => {
    const pressed = event.target instanceof Element ? event.target.closest('[data-copy]') : null;
    if (pressed instanceof HTMLElement) void copy(pressed);
  });
  for (const all of document.querySelectorAll<HTMLInputElement>('input[data-all]')) {
    all.hidden = false;
    all.addEventListener('change', () => {
      for (const box of document.querySelectorAll<HTMLInputElement>(`input[name="${all.dataset.all ?? ''}"]`)) {
        box.checked = all.checked;
      }
    });
  }
  for (const passing of document.querySelectorAll<HTMLElement>('[data-gone-in]')) {
    setTimeout(() => passing.remove(), Number(passing.dataset.goneIn));
  }
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details[data-dialog]')) makeDialog(details);
  const news = document.querySelector<HTMLElement>('[data-news]');
  if (news) setInterval(() => void lookForNews(news), 30_000);

  /** A button in its place opens it; the browser itself keeps the focus inside, and brings it back to the button. */
  function makeDialog(details: HTMLDetailsElement): void {
    const [opener, closer] = [document.createElement('button'), document.createElement('button')];
    const [dialog, title] = [document.createElement('dialog'), document.createElement('h2')];
    const label = details.querySelector('summary');
    opener.type = closer.type = 'button';
    opener.textContent = title.textContent = label?.textContent ?? '';
    opener.setAttribute('aria-haspopup', 'dialog');
    closer.textContent = details.dataset.dialog ?? '';
    dialog.setAttribute('aria-label', opener.textContent ?? '');
    label?.remove();
    dialog.append(title, ...details.childNodes, closer);
    opener.addEventListener('click', () => dialog.showModal());
    closer.addEventListener('click', () => dialog.close());
    details.replaceWith(opener, dialog);
  }

  /** Only while somebody looks at the page. */
  async function lookForNews(line: HTMLElement): Promise<void> {
    if (document.visibilityState !== 'visible') return;
    const answer = await fetch(line.dataset.news ?? '').catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { words } = (await answer.json()) as { readonly words: string };
    const link = line.querySelector('a');
    if (!link || words === '' || link.textContent === words) return;
    link.textContent = words;
    line.hidden = false;
  }

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
