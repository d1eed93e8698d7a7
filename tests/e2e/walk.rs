//! A walk through the site: steps at random, each of which must leave a page that is whole and
//! answers.

use super::builds::copy_of_dist;
use super::page::Page;
use super::serve;
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};
use std::fs;

/// Keeps what goes wrong on any page of the walk: it is the first script of the page.
const KEEP: &str = "
    {
        const keep = (kind, text) => {
            const all = JSON.parse(sessionStorage.getItem('walk') ?? '[]');
            sessionStorage.setItem('walk', JSON.stringify([...all, `${kind}: ${text}`]));
        };
        addEventListener('error', (event) => keep('error', event.message ?? event.target.src ?? event.target.href), true);
        addEventListener('unhandledrejection', (event) => keep('rejection', String(event.reason)));
        addEventListener('securitypolicyviolation', (event) => keep('policy', event.violatedDirective));
        const { error } = console;
        console.error = (...words) => { keep('console', words.map(String).join(' ')); error.apply(console, words); };
    }";

/// Chooses one of the controls that can be used now, and says what it is. Links to other sites,
/// which would end the walk, and pickers of files are left out.
const CHOOSE: &str = "
    const done = arguments[arguments.length - 1];
    const all = [...document.querySelectorAll('a[href], button, summary, select, input, textarea, [tabindex=\"0\"]')]
        .filter((one) => {
            const box = one.getBoundingClientRect();
            if (one.disabled || one.type === 'file' || box.width < 2 || box.height < 2) return false;
            if (getComputedStyle(one).visibility !== 'visible') return false;
            if (one.tagName !== 'A') return true;
            return one.origin === location.origin && !one.target && !one.hasAttribute('download')
                && !/\\.txt$|\\/python\\//.test(one.pathname);
        });
    if (all.length === 0) return done([]);
    const one = all[arguments[0] % all.length];
    const name = one.getAttribute('aria-label') ?? (one.innerText || one.id || one.name || '');
    done([one, one.tagName, `${one.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`]);";

/// Sets a list to one of its options, or types a number where one belongs.
const SET: &str = "
    const [one, random] = arguments;
    const texts = ['', '0', '1', '3', '-1', '1e9', 'many'];
    one.value = one.tagName === 'SELECT' ? one.options[random % one.options.length].value : texts[random % texts.length];
    for (const kind of ['input', 'change']) one.dispatchEvent(new Event(kind, { bubbles: true }));";

/// Two frames later: what the page shows, how much wider than the window it is, and what went
/// wrong.
const LOOK: &str = "
    const done = arguments[arguments.length - 1];
    requestAnimationFrame(() => requestAnimationFrame(() => done({
        words: document.body.innerText.trim().length,
        over: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
        wrong: JSON.parse(sessionStorage.getItem('walk') ?? '[]'),
        at: location.search + location.hash,
    })));";

/// The program has started, and there is a page.
const THERE: &str = "['yes', 'check'].includes(document.documentElement.dataset.started) \
    && document.querySelector('.masthead, .is-embedded, .check-line, .fallback')";

const ADDRESSES: [&str; 12] = [
    "",
    "?learn",
    "?learn=value",
    "?learn=deadlock",
    "?run",
    "?glossary",
    "?rust",
    "?faults",
    "?check",
    "?measure",
    "?experiment=sharing",
    "?experiment=start-up",
];
const SIZES: [(u32, u32); 5] = [
    (1440, 900),
    (1024, 768),
    (768, 1024),
    (500, 844),
    (1920, 1080),
];
/// Tab, Enter, Escape, space, the arrows, Home and End, as WebDriver writes them.
const KEYS: &str =
    "\u{e004}\u{e004}\u{e004}\u{e007}\u{e00c} \u{e012}\u{e013}\u{e014}\u{e015}\u{e011}\u{e010}";

/// Numbers that look random and follow from a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name);
    text.map_or(otherwise, |text| text.parse().expect(name))
}

/// Walks `MANYHANDS_WALK_STEPS` steps (1,000) from the seed `MANYHANDS_WALK_SEED` (1).
pub async fn walks_at_random(page: Page) {
    let folder = copy_of_dist(&format!("walk-{:?}", page.kind));
    fs::write(folder.join("walk.js"), KEEP).unwrap();
    let index = folder.join("index.html");
    let html = fs::read_to_string(&index).unwrap();
    fs::write(
        &index,
        html.replacen("<script", "<script src=walk.js></script><script", 1),
    )
    .unwrap();
    let server = serve(|options| options.root = folder);
    let seed = setting("MANYHANDS_WALK_SEED", 1);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut steps: Vec<String> = Vec::new();
    page.open(&server.url()).await;
    for number in 1..=setting("MANYHANDS_WALK_STEPS", 1000) {
        let step = step(&page, &server.url(), &mut random).await;
        steps.push(format!("{number}: {step}"));
        let way = &steps[steps.len().saturating_sub(12)..];
        let here = look(&page).await;
        let way = format!("{:?}, seed {seed}, {here}, after {way:#?}", page.kind);
        assert_eq!(here["wrong"], json!([]), "{way}");
        assert!(here["words"].as_u64() > Some(20), "an empty page: {way}");
        assert!(
            here["over"].as_i64() <= Some(0),
            "wider than the window: {way}"
        );
    }
    let missed = steps
        .iter()
        .filter(|step| step.contains("(missed)"))
        .count();
    println!(
        "{:?}: {} steps, {missed} of them missed",
        page.kind,
        steps.len()
    );
    assert!(missed * 4 < steps.len(), "{missed} steps did nothing");
}

/// Waits until the page is there, and looks at it. A page that does not answer fails here.
async fn look(page: &Page) -> Value {
    page.until("the page", THERE).await;
    ask(page, LOOK, Vec::new()).await
}

/// Asks the page, and asks again where it was just leaving for another. A page that does not
/// answer fails here, when the browser's patience with the script ends.
async fn ask(page: &Page, script: &str, arguments: Vec<Value>) -> Value {
    let mut answer = page.client.execute_async(script, arguments.clone()).await;
    for _ in 0..20 {
        // Firefox answers null for a page that has been left.
        if answer.as_ref().is_ok_and(|answer| !answer.is_null()) {
            break;
        }
        page.until("the page", THERE).await;
        answer = page.client.execute_async(script, arguments.clone()).await;
    }
    answer.unwrap_or_else(|error| panic!("the page does not answer: {error}"))
}

async fn step(page: &Page, home: &str, random: &mut Random) -> String {
    match random.below(20) {
        0 => {
            let query = ADDRESSES[random.below(ADDRESSES.len())];
            page.open(&format!("{home}{query}")).await;
            format!("open {query}")
        }
        1 => {
            let size = SIZES[random.below(SIZES.len())];
            page.client.set_window_size(size.0, size.1).await.unwrap();
            format!("resize to {size:?}")
        }
        2 => {
            // The first page of the walk has none before it.
            page.evaluate("history.length > 2 && history.back()").await;
            "back".to_owned()
        }
        3 => {
            page.evaluate("history.forward()").await;
            "forward".to_owned()
        }
        4..8 => {
            let key = KEYS
                .chars()
                .nth(random.below(KEYS.chars().count()))
                .unwrap();
            page.press(key).await;
            format!("press {key:?}")
        }
        _ => use_a_control(page, random).await,
    }
}

async fn use_a_control(page: &Page, random: &mut Random) -> String {
    let (which, value) = (random.below(1 << 20), random.below(1 << 20));
    let chosen = ask(page, CHOOSE, vec![json!(which)]).await;
    let Some(name) = chosen[2].as_str() else {
        return "nothing to use".to_owned();
    };
    let is_entry = matches!(chosen[1].as_str(), Some("SELECT" | "INPUT")) && value % 2 == 0;
    if is_entry {
        let arguments = vec![chosen[0].clone(), json!(value / 2)];
        let set = page.client.execute(SET, arguments).await;
        return format!("set {name}{}", missed(set.is_err()));
    }
    let id = chosen[0]
        .as_object()
        .and_then(|object| object.values().next());
    let id = id.and_then(Value::as_str).expect("an element").to_owned();
    let element = Element::from_element_id(page.client.clone(), ElementRef::from(id));
    // What lies below a bar or went away meanwhile cannot be clicked, as for a visitor.
    let clicked = element.click().await;
    format!("click {name}{}", missed(clicked.is_err()))
}

fn missed(is_missed: bool) -> &'static str {
    if is_missed { " (missed)" } else { "" }
}
