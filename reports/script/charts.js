// Brings the pictures of a report to life, in the browser: a note beside the pointer, zoom, graphs that move together, and
// the cell that the pointer is at, in charts and tables alike. Without this script the page lacks nothing but that.

;(() => {
  const packed = document.getElementById('live-charts')
  if (packed === null || typeof DecompressionStream === 'undefined' || typeof IntersectionObserver === 'undefined') return

  /** What tells how a mark looks, and not what it stands for. */
  const looks = new Set(['colour', 'shape', 'fill', 'dash', 'sign', 'place', 'id', 'words'])

  let unpacking
  const unpack = () => {
    unpacking ??= unpackAll()
    return unpacking
  }

  async function unpackAll() {
    const bytes = Uint8Array.from(atob(packed.textContent.trim()), (character) => character.charCodeAt(0))
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
    const { vega, charts } = await new Response(stream).json()
    const script = document.createElement('script')
    script.textContent = vega
    document.head.append(script)
    return charts
  }

  /** Views of graphs that move together, by what they have in common. */
  const groups = new Map()

  async function enliven(picture) {
    const charts = await unpack()
    const spec = charts[picture.id]
    if (spec === undefined) return
    const holder = document.createElement('div')
    const view = new globalThis.vega.View(globalThis.vega.parse(spec), { renderer: 'svg', container: holder, hover: true })
    view.tooltip(() => {})
    await view.runAsync()
    const drawn = holder.querySelector('svg')
    if (drawn === null) return
    // The same place, size, name and description; no part has a role of its own.
    for (const part of drawn.querySelectorAll('[role], [aria-roledescription]')) {
      part.removeAttribute('role')
      part.removeAttribute('aria-roledescription')
    }
    for (const { name, value } of picture.attributes) drawn.setAttribute(name, value)
    drawn.prepend(...picture.querySelectorAll(':scope > title, :scope > desc'))
    picture.replaceWith(holder)
    holder.className = 'live'
    view.addEventListener('mousemove', (event, item) => note(event, item?.datum))
    view.addEventListener('mouseout', () => note(undefined, undefined))
    view.addEventListener('mousemove', (_, item) => light(holder, item?.datum?.id))
    view.addEventListener('mouseout', () => light(holder, undefined))
    move(view, holder.closest('[data-together]')?.dataset.together)
  }

  // A note beside the pointer.

  const tip = document.createElement('div')
  tip.className = 'tip'
  tip.hidden = true
  document.body.append(tip)

  function note(event, datum) {
    const facts = Object.entries(datum ?? {}).filter(
      ([name, value]) => !looks.has(name) && !name.startsWith('_') && (typeof value === 'number' || typeof value === 'string'),
    )
    tip.hidden = facts.length === 0
    if (tip.hidden) return
    tip.replaceChildren(
      ...facts.flatMap(([name, value]) => {
        const line = document.createElement('div')
        const term = document.createElement('b')
        term.textContent = `${name} `
        line.append(term, typeof value === 'number' ? String(Number(value.toPrecision(4))) : value)
        return [line]
      }),
    )
    const { clientX, clientY } = event
    const { width, height } = tip.getBoundingClientRect()
    tip.style.left = `${Math.max(4, Math.min(clientX + 14, innerWidth - width - 4))}px`
    tip.style.top = `${clientY + height + 18 > innerHeight ? clientY - height - 10 : clientY + 14}px`
  }

  // The cell that the pointer is at: what belongs to other cells fades.

  function light(within, cell) {
    const section = within.closest('.experiment')
    if (section === null) return
    for (const row of section.querySelectorAll('tr[data-cell]')) {
      row.classList.toggle('lit', cell !== undefined && row.dataset.cell === cell)
    }
    for (const mark of section.querySelectorAll('.live svg path, .live svg line, .live svg text')) {
      const own = mark.__data__?.datum?.id
      mark.style.opacity = cell === undefined || own === undefined || own === cell ? '' : '0.15'
    }
  }

  for (const row of document.querySelectorAll('tr[data-cell]')) {
    row.addEventListener('mouseenter', () => light(row, row.dataset.cell))
    row.addEventListener('mouseleave', () => light(row, undefined))
  }

  // Graphs of one cell have one time.

  const time = 'zoom_millis'

  function move(view, group) {
    if (group === undefined || !(time in view.getState({ data: () => false, signals: (name) => name === time }).signals)) return
    const others = groups.get(group) ?? []
    groups.set(group, others)
    const shown = others[0]?.signal(time)
    others.push(view)
    if (shown) void view.signal(time, shown).runAsync()
    let isFollowing = false
    view.addSignalListener(time, (_, range) => {
      if (isFollowing) return
      for (const other of others) {
        if (other === view || String(other.signal(time)) === String(range)) continue
        isFollowing = true
        other.signal(time, range).run()
        isFollowing = false
      }
    })
  }

  // A picture comes to life before it comes into sight; only then is anything unpacked.
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue
        near.unobserve(target)
        void enliven(target)
      }
    },
    { rootMargin: '300px' },
  )
  for (const picture of document.querySelectorAll('svg.chart')) near.observe(picture)
  document.documentElement.classList.add('alive')
})()
