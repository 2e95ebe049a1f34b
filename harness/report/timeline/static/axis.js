// Virtual time and places on the screen: pure functions, of numbers only.

export const clock = (us) => {
  const ms = Math.floor(us / 1000), two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(ms / 3_600_000), minutes = Math.floor(ms / 60_000) % 60, seconds = Math.floor(ms / 1000) % 60;
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(seconds)}.${String(ms % 1000).padStart(3, "0")}`;
};

export const span = (us) => {
  if (us < 1000) return `${us} µs`;
  if (us < 1e6) return `${+(us / 1000).toPrecision(3)} ms`;
  if (us < 6e7) return `${+(us / 1e6).toPrecision(3)} s`;
  return us < 36e8 ? `${+(us / 6e7).toPrecision(3)} min` : `${+(us / 36e8).toPrecision(3)} h`;
};

// An axis takes an instant to a place between 0 and 1, and back. The even one gives a quiet gap little
// room, however long it is: a burst of milliseconds and a wait of minutes are both to be seen.
export function axis(events, endsUs, isEven) {
  const times = [...new Set([0, endsUs, ...events.flatMap((one) => [one.at_us, one.until_us ?? one.at_us])])];
  times.sort((one, other) => one - other);
  const room = (gapUs) => isEven ? Math.log2(1 + gapUs / 4000) + 0.02 : gapUs;
  const places = [0];
  for (let index = 1; index < times.length; index++) places.push(places[index - 1] + room(times[index] - times[index - 1]));
  const whole = places.at(-1) || 1;
  const between = (value, from, to) => {
    let low = 0, high = from.length - 1;
    if (high < 1 || value <= from[0]) return to[0];
    while (high - low > 1) { const middle = (low + high) >> 1; if (from[middle] <= value) low = middle; else high = middle; }
    const share = from[high] > from[low] ? (value - from[low]) / (from[high] - from[low]) : 0;
    return to[low] + Math.min(1, Math.max(0, share)) * (to[high] - to[low]);
  };
  const place = (us) => between(us, times, places) / whole;
  const time = (share) => between(share * whole, places, times);
  const gaps = !isEven ? [] : times.slice(1).map((to, index) => ({from: times[index], to})).filter((one) => one.to - one.from >= 1e6);
  return {place, time, gaps, times};
}

export function ticks(scale, width, endsUs, isEven) {
  const steps = Math.max(1, Math.floor(width / 110)), found = [];
  if (isEven) for (let step = 0; step <= steps; step++) found.push(scale.time(step / steps));
  else {
    const rough = endsUs / steps || 1, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
    for (let us = 0; us <= endsUs; us += step) found.push(us);
  }
  return found.map((us) => ({us, x: scale.place(us) * width}));
}

// Puts spans that overlap into rows; what finds no free row shares the last one.
export function pack(events, most) {
  const ends = [], rows = new Map();
  for (const event of events) {
    let row = ends.findIndex((end) => end <= event.at_us);
    if (row < 0) row = ends.length < most ? ends.length : most - 1;
    ends[row] = Math.max(ends[row] ?? 0, event.until_us, event.at_us + 1);
    rows.set(event.id, row);
  }
  return {rows, count: Math.max(1, ends.length)};
}

// Marks of one look that would touch become one mark with a count.
export function runs(marks, nearest) {
  const made = [], last = new Map();
  for (const mark of marks) {
    const run = last.get(mark.key);
    if (run && mark.x - run.to < nearest) { run.to = mark.x; run.events.push(mark.event); continue; }
    const fresh = {...mark, from: mark.x, to: mark.x, events: [mark.event]};
    last.set(mark.key, fresh);
    made.push(fresh);
  }
  return made;
}
