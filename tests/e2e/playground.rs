//! The playground: the editor, what a run shows, links, files, and what the page says when
//! something is wrong with a program.

use super::builds::{copy_of_dist, only_file};
use super::experiments::{CATCH, saved_by};
use super::page::Page;
use super::{policy_of_headers, serve};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use serde_json::{Value, json};
use std::fs;
use test_support::server::Server;

/// The text in the editor. (Firefox shows a driver's script what a page has added to an
/// element only in this way.)
const PROGRAM: &str =
    "((area) => area.wrappedJSObject ?? area)(document.querySelector('#program')).value";
const OUTPUT: &str = "document.querySelector('#output').textContent";
const IS_EDITOR_THERE: &str =
    "document.querySelector('#program').shadowRoot?.querySelector('.cm-content')";

const CONTROL: char = '\u{e009}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const TAB: char = '\u{e004}';

/// Opens the playground.
async fn open(page: &Page, url: &str) {
    page.open(&format!("{url}?run")).await;
    page.until_ready().await;
}

const STATUS: &str = "document.querySelector('#status').dataset.state";

/// The playground itself: nothing of Python is fetched before the first run, the program
/// is kept, Stop stops, much output is bounded, and the policy is not violated.
pub async fn the_playground_runs_python(page: Page) {
    let server = serve(|_| ());
    open(&page, &server.url()).await;
    page.evaluate(
        "window.violations = [], document.addEventListener('securitypolicyviolation', \
        (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))",
    )
    .await;
    let asked = |server: &Server| {
        server
            .seen()
            .iter()
            .filter(|seen| seen.path.starts_with("/python/"))
            .count()
    };
    assert_eq!(
        asked(&server),
        0,
        "nothing of Python is fetched before it is needed"
    );

    page.set("starter", "queue").await;
    page.click("#run").await;
    page.until("the end of the program", &format!("{STATUS} === 'ended'"))
        .await;
    let output = page
        .text("document.querySelector('#output').textContent")
        .await;
    assert_eq!(output, "the sum of the numbers from 1 to 100 is 5050\n");
    let rows = page
        .evaluate("document.querySelectorAll('#processes tbody tr').length")
        .await;
    assert_eq!(rows, json!(3));
    assert!(asked(&server) > 0);

    page.set(
        "program",
        "print('kept')\nwhile True:\n    print('x' * 1000)\n",
    )
    .await;
    page.evaluate(
        "window.spoken = { began: performance.now(), changes: 0, longest: 0 }, \
         new MutationObserver(() => { spoken.changes += 1; \
         spoken.longest = Math.max(spoken.longest, document.querySelector('#spoken').textContent.length) }) \
         .observe(document.querySelector('#spoken'), { childList: true, characterData: true, subtree: true })",
    )
    .await;
    page.click("#run").await;
    page.until(
        "bounded output",
        "document.querySelector('#output-dropped')",
    )
    .await;
    page.click("#stop").await;
    page.until("the end of the program", &format!("{STATUS} === 'ended'"))
        .await;
    let status = page
        .text("document.querySelector('#status').textContent")
        .await;
    assert!(
        status.starts_with("Stopped by KeyboardInterrupt"),
        "{status}"
    );
    let shown = page
        .evaluate("document.querySelector('#output').textContent.length")
        .await;
    assert!(
        shown.as_u64().is_some_and(|shown| shown <= 220_000),
        "{shown}"
    );
    // A screen reader is told of it now and then, and not of all of it.
    page.until("something to be said", "spoken.changes > 0")
        .await;
    let flooded = page
        .evaluate("spoken.longest > 500 || spoken.changes > (performance.now() - spoken.began) / 1500 + 1")
        .await;
    assert_eq!(flooded, json!(false), "{}", page.evaluate("spoken").await);
    assert_eq!(page.evaluate("violations").await, json!([]));

    open(&page, &server.url()).await;
    assert!(page.text(PROGRAM).await.starts_with("print('kept')"));
    page.click("#reset").await;
    page.until(
        "the first program",
        &format!("{PROGRAM}.includes('def greet')"),
    )
    .await;
}

/// What the playground says where Python cannot run.
pub async fn the_playground_says_why_python_cannot_run(page: Page) {
    let folder = copy_of_dist(&format!("no-python-{:?}", page.kind));
    fs::remove_dir_all(folder.join("python")).unwrap();
    let server = serve(|options| options.root = folder);
    open(&page, &server.url()).await;
    page.click("#run").await;
    page.until_words_are_shown("Python is not here").await;

    let folder = copy_of_dist(&format!("half-python-{:?}", page.kind));
    for image in fs::read_dir(folder.join("python")).unwrap() {
        let wasm = image.unwrap().path().join("manyhands_python_bg.wasm");
        if wasm.is_file() {
            let whole = fs::read(&wasm).unwrap();
            fs::write(&wasm, &whole[..whole.len() / 2]).unwrap();
        }
    }
    let server = serve(|options| options.root = folder);
    open(&page, &server.url()).await;
    page.click("#run").await;
    page.until_words_are_shown("the download broke off").await;
    let idle = page.is_idle().await;
    assert!(idle, "it can be tried again");
}

pub async fn open_with_editor(page: &Page, url: &str) {
    open(page, url).await;
    page.until("the editor", IS_EDITOR_THERE).await;
}

/// Runs what the editor contains, and returns what it printed.
async fn run_to_the_end(page: &Page) -> String {
    page.click("#run").await;
    page.until(
        "the program to begin",
        "!['ready', 'ended', 'failed'].includes(document.querySelector('#status').dataset.state) \
        || document.querySelector('#output').textContent",
    )
    .await;
    page.until_idle().await;
    page.text(OUTPUT).await
}

/// Presses keys, the first of them as long as the others.
async fn press_together(page: &Page, held: &[char], keys: &[char]) {
    let mut actions = KeyActions::new("keys".into());
    for key in held {
        actions = actions.then(KeyAction::Down { value: *key });
    }
    for key in keys {
        actions = actions
            .then(KeyAction::Down { value: *key })
            .then(KeyAction::Up { value: *key });
    }
    for key in held {
        actions = actions.then(KeyAction::Up { value: *key });
    }
    page.client.perform_actions(actions).await.expect("keys");
}

async fn type_text(page: &Page, text: &str) {
    press_together(page, &[], &text.chars().collect::<Vec<_>>()).await;
}

/// The editor is one that people know, in the site's colours, under the policy that the
/// site sends, and no other page fetches it.
pub async fn the_editor_is_there_and_keeps_the_policy(page: Page) {
    let policy = policy_of_headers();
    let server = serve(|options| options.csp = Some(format!("{policy}; report-uri /violations")));
    let fetched = |server: &Server| {
        let seen = server.seen();
        seen.iter()
            .filter(|seen| seen.path.contains("/assets/editor-"))
            .count()
    };
    page.open(&server.url()).await;
    page.until_ready().await;
    assert_eq!(fetched(&server), 0, "the other pages do without it");
    open_with_editor(&page, &server.url()).await;
    assert_eq!(fetched(&server), 1);

    // Its styles hold: a keyword has the colour of the page's custom property.
    let looks = "(() => {
        const root = document.querySelector('#program').shadowRoot;
        const keyword = [...root.querySelectorAll('.cm-line span')].find((span) => span.textContent === 'import');
        const probe = document.body.appendChild(Object.assign(document.createElement('i'), { className: 's2' }));
        const colours = [keyword, probe].map((element) => getComputedStyle(element).color);
        probe.remove();
        return [colours[0] === colours[1], root.querySelectorAll('.cm-gutterElement').length > 10,
            getComputedStyle(root.querySelector('.cm-scroller')).display];
    })()";
    assert_eq!(page.evaluate(looks).await, json!([true, true, "flex"]));

    page.click("#program").await;
    press_together(&page, &[CONTROL], &['a']).await;
    type_text(&page, "if True:").await;
    press_together(&page, &[], &[ENTER]).await;
    type_text(&page, "print(6 * 7)").await;
    press_together(&page, &[], &[ENTER, TAB]).await;
    type_text(&page, "# x").await;
    let typed = "if True:\n    print(6 * 7)\n        # x";
    assert_eq!(
        page.text(PROGRAM).await,
        typed,
        "it indents by itself and by Tab"
    );
    press_together(&page, &[CONTROL], &[ENTER]).await;
    page.until("the output", &format!("{OUTPUT} === '42\\n'"))
        .await;
    page.until_idle().await;
    assert_eq!(page.text(PROGRAM).await, typed, "running inserts nothing");

    press_together(&page, &[CONTROL], &['f']).await;
    let panel = "document.querySelector('#program').shadowRoot.querySelector('.cm-search')";
    page.until("the panel for finding", panel).await;
    press_together(&page, &[], &[ESCAPE]).await;
    page.until("the panel to go", &format!("!{panel}")).await;
    let active = "document.activeElement.id";
    assert_eq!(page.text(active).await, "program");
    press_together(&page, &[], &[ESCAPE, TAB]).await;
    page.until("the focus to leave", &format!("{active} !== 'program'"))
        .await;
    assert_eq!(page.text(PROGRAM).await, typed);

    page.click("#program").await;
    // How many steps the typing makes depends on its pace.
    for _ in 0..60 {
        if page.text(PROGRAM).await.contains("def greet") {
            break;
        }
        press_together(&page, &[CONTROL], &['z']).await;
    }
    assert!(
        page.text(PROGRAM).await.contains("def greet"),
        "it can be undone"
    );

    // A script that the policy forbids shows that reports arrive, and that there were no
    // others.
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), \
         { textContent: 'window.forbidden = true' }))",
    )
    .await;
    let reports = || {
        server
            .seen()
            .into_iter()
            .filter(|seen| seen.method == "POST")
    };
    page.until_here("the report of a violation", || reports().count() > 0)
        .await;
    let reports: Vec<_> = reports().map(|seen| seen.body).collect();
    assert_eq!(reports.len(), 1, "{reports:#?}");
}

/// Listings without a guard, as tutorials print them, run after one click.
pub async fn a_missing_guard_is_added(page: Page) {
    let server = serve(|_| ());
    open_with_editor(&page, &server.url()).await;
    page.set("starter", "no-guard").await;
    page.until(
        "the program",
        &format!("{PROGRAM}.includes('never reached')"),
    )
    .await;
    let before = page.text(PROGRAM).await;
    page.click("#run").await;
    page.until("the advice", "document.querySelector('#add-guard')")
        .await;
    page.until_idle().await;
    page.click("#add-guard").await;
    page.until(
        "the guard",
        &format!("{PROGRAM}.includes('if __name__ == \"__main__\":')"),
    )
    .await;
    assert_eq!(run_to_the_end(&page).await, "never reached\nexit code 0\n");
    page.click("#program").await;
    press_together(&page, &[CONTROL], &['z']).await;
    assert_eq!(page.text(PROGRAM).await, before, "it can be undone");

    // A pool would start workers for ever; the button ends that, too.
    let listing = "\"\"\"A listing.\"\"\"\n\
        from multiprocessing import Lock, Pool, Process\n\n\
        FACTOR = 2\nlock = Lock()\n\n\n\
        def double(n):\n    with lock:\n        return FACTOR * n\n\n\
        # Start the workers.\n\
        with Pool(2) as pool:\n    print(pool.map(double, [1, 2,\n        3]))\n\
        text = \"\"\"\nnot indented\"\"\"\n\n\n\
        def show(text):\n    print(text)\n\n\n\
        p = Process(target=show, args=(text,)); p.start()\np.join()\n# The end.\n";
    let guarded = "\"\"\"A listing.\"\"\"\n\
        from multiprocessing import Lock, Pool, Process\n\n\
        FACTOR = 2\nlock = Lock()\n\n\n\
        def double(n):\n    with lock:\n        return FACTOR * n\n\n\
        if __name__ == \"__main__\":\n    # Start the workers.\n    \
        with Pool(2) as pool:\n        print(pool.map(double, [1, 2,\n            3]))\n    \
        text = \"\"\"\nnot indented\"\"\"\n\n\n\
        def show(text):\n    print(text)\n\n\n\
        if __name__ == \"__main__\":\n    p = Process(target=show, args=(text,)); p.start()\n    p.join()\n\
        # The end.\n";
    page.set("program", listing).await;
    page.click("#run").await;
    page.until("the advice", "document.querySelector('#add-guard')")
        .await;
    page.click("#add-guard").await;
    page.until_idle().await;
    assert_eq!(page.text(PROGRAM).await, guarded);
    assert_eq!(run_to_the_end(&page).await, "[2, 4, 6]\n\nnot indented\n");
}

/// The lines at which exceptions ended something are marked until the program is changed.
pub async fn lines_of_exceptions_are_marked(page: Page) {
    let server = serve(|_| ());
    open_with_editor(&page, &server.url()).await;
    let marked = "[...document.querySelector('#program').shadowRoot.querySelectorAll('.cm-marked')] \
        .map((line) => line.textContent)";
    page.set("starter", "worker-error").await;
    run_to_the_end(&page).await;
    page.until("a marked line", &format!("{marked}.length"))
        .await;
    let lines = json!(["    return 1 / numberZeroDivisionError: division by zero"]);
    assert_eq!(page.evaluate(marked).await, lines);
    let line = "document.querySelector('.advice [type=button]').textContent";
    assert_eq!(page.text(line).await, "Line 7");

    page.set("program", "x = 1\nfor\n").await;
    assert_eq!(
        page.evaluate(marked).await,
        json!([]),
        "a change takes the marks away"
    );
    run_to_the_end(&page).await;
    page.until("a marked line", &format!("{marked}.length"))
        .await;
    assert_eq!(
        page.evaluate(marked).await,
        json!(["forSyntaxError: invalid syntax"])
    );
    page.set("program", "print(1)\n").await;
    run_to_the_end(&page).await;
    assert_eq!(page.evaluate(marked).await, json!([]));
}

/// When nothing in a program can go on, the page says why and marks the lines; and it runs
/// threads with the GIL or without.
pub async fn the_playground_tells_what_is_stuck_and_has_a_gil_switch(page: Page) {
    let server = serve(|_| ());
    open_with_editor(&page, &server.url()).await;
    page.set("program", include_str!("programs/stuck/two-locks.py"))
        .await;
    page.click("#run").await;
    page.until("the sentence", "document.querySelector('#blocked')")
        .await;
    let text = page
        .text("document.querySelector('#blocked').textContent")
        .await;
    let sentence = "Process-1 waits at line 8 (with second:) for the lock b, which \
                    Process-2 acquired at line 5 (with first:) and holds.";
    assert!(text.contains(sentence), "{text}");
    let marked = "[...document.querySelector('#program').shadowRoot.querySelectorAll('.cm-marked')] \
        .map((line) => line.textContent.trim())";
    page.until("two marked lines", &format!("{marked}.length === 2"))
        .await;
    let lines = page.evaluate(marked).await.to_string();
    assert!(
        lines.contains("with second:Process-1 waits here"),
        "{lines}"
    );
    assert!(
        lines.contains("one.join()MainProcess waits here"),
        "{lines}"
    );
    page.click("#stop").await;
    page.until_idle().await;
    assert_eq!(
        page.evaluate("!!document.querySelector('#blocked')").await,
        json!(false),
        "it is over"
    );

    page.set("program", "import sys\nprint(sys._is_gil_enabled())\n")
        .await;
    for (choice, printed) in [("on", "True\n"), ("off", "False\n")] {
        page.set("gil", choice).await;
        run_to_the_end(&page).await;
        assert_eq!(page.text(OUTPUT).await, printed);
    }
}

/// A link is the whole program; what the visitor had stays; a broken link is explained.
pub async fn a_link_is_the_whole_program(page: Page) {
    let server = serve(|_| ());
    open_with_editor(&page, &server.url()).await;
    let program = "print('naïve ✓ \u{1f40d}')\n# ".to_owned() + &"long ".repeat(500);
    page.set("program", &program).await;
    page.click("#share").await;
    page.until("the link", "document.querySelector('#link')?.value")
        .await;
    let link = page.text("document.querySelector('#link').value").await;
    assert!(
        link.starts_with(&format!("{}?run#code=", server.url())),
        "{link}"
    );
    assert!(link.len() < 400, "it is compressed: {link}");

    page.set("program", "# mine\n").await;
    page.until("the link to go", "!document.querySelector('#link')")
        .await;
    page.evaluate(&format!("location.assign({})", Value::from(link.as_str())))
        .await;
    page.until(
        "the program of the link",
        "document.querySelector('#link-notice')",
    )
    .await;
    page.until(
        "its text",
        &format!("{PROGRAM} === {}", Value::from(program.as_str())),
    )
    .await;
    // The same in a new page.
    page.open("about:blank").await;
    page.open(&link).await;
    page.until_ready().await;
    page.until("the editor", IS_EDITOR_THERE).await;
    page.until(
        "its text",
        &format!("{PROGRAM} === {}", Value::from(program.as_str())),
    )
    .await;
    page.click("#back-to-own").await;
    page.until(
        "the visitor's program",
        &format!("{PROGRAM} === '# mine\\n'"),
    )
    .await;
    page.until("the address", "location.hash === ''").await;

    // Changing the program of the link makes it the visitor's; the one before is kept.
    page.set("starter", "linked").await;
    page.until(
        "its text",
        &format!("{PROGRAM} === {}", Value::from(program.as_str())),
    )
    .await;
    page.set("program", "# changed\n").await;
    open_with_editor(&page, &server.url()).await;
    assert_eq!(page.text(PROGRAM).await, "# changed\n");
    page.set("starter", "earlier").await;
    page.until("the earlier program", &format!("{PROGRAM} === '# mine\\n'"))
        .await;

    let trouble = "document.querySelector('#trouble')?.textContent ?? ''";
    let (half, _) = link.split_at(link.len() - 40);
    let changed = link.replace("#code=eJ", "#code=eK");
    for broken in [half, &changed, &format!("{}?run#code=%%%", server.url())] {
        page.open("about:blank").await;
        page.open(broken).await;
        page.until(
            &format!("words about {broken}"),
            &format!("{trouble}.includes('not whole')"),
        )
        .await;
        page.until("the editor", IS_EDITOR_THERE).await;
        assert_eq!(page.text(PROGRAM).await, "# mine\n");
    }
    let fill = "((area) => (area.wrappedJSObject ?? area).value = 'x'.repeat(1100000))(document.querySelector('#program'))";
    page.evaluate(&format!("{fill}.length")).await;
    page.click("#share").await;
    page.until(
        "words about the length",
        &format!("{trouble}.includes('too long for a link')"),
    )
    .await;
}

/// Programs come from files and go to files.
pub async fn programs_are_opened_and_saved(page: Page) {
    let server = serve(|_| ());
    open_with_editor(&page, &server.url()).await;
    let give = |parts: &str, target: &str, event: &str| {
        format!(
            "(() => {{ const files = new DataTransfer(); \
             files.items.add(new File({parts}, 'theirs.py')); \
             const target = document.querySelector('{target}'); \
             if (target.files) {{ target.files = files.files; target.dispatchEvent(new Event('{event}', {{ bubbles: true }})); }} \
             else target.dispatchEvent(new DragEvent('{event}', {{ bubbles: true, cancelable: true, dataTransfer: files }})); }})()"
        )
    };
    page.evaluate(&give("['print(1)\\r\\n']", "#open", "change"))
        .await;
    page.until("the file", &format!("{PROGRAM} === 'print(1)\\n'"))
        .await;
    page.evaluate(&give("['print(2)\\n']", "#output", "drop"))
        .await;
    page.until("the dropped file", &format!("{PROGRAM} === 'print(2)\\n'"))
        .await;
    for (parts, words) in [
        (
            "[new Uint8Array([0x50, 0x4b, 3, 4, 0, 255])]",
            "not a text in UTF-8",
        ),
        ("['x'.repeat(1100000)]", "larger than 1 MB"),
    ] {
        page.evaluate(&give(parts, "#open", "change")).await;
        page.until_words_are_shown(words).await;
        assert_eq!(page.text(PROGRAM).await, "print(2)\n");
    }
    page.client.execute(CATCH, Vec::new()).await.unwrap();
    let saved = saved_by(&page, "#save").await;
    assert_eq!(saved, ("main.py".to_owned(), "print(2)\n".to_owned()));

    // Other files are put beside the program, and in the tab for them programs are, too.
    page.click("#tab-files").await;
    let beside = |name: &str| format!("document.querySelector('#given [data-file=\"{name}\"]')");
    for (parts, name, target, event) in [
        ("['3\\n4\\n']", "data.csv", "#output", "drop"),
        (
            "['def double(n): return 2 * n']",
            "helper.py",
            ".files-drop",
            "drop",
        ),
        ("['no']", "other.txt", "#give", "change"),
    ] {
        let give = give(parts, target, event).replace("theirs.py", name);
        page.evaluate(&give).await;
        page.until(name, &beside(name)).await;
    }
    page.click("[data-file='other.txt'] button").await;
    page.until("one less", &format!("!{}", beside("other.txt")))
        .await;
    let source = "import helper, os\ntotal = sum(map(int, open('data.csv')))\n\
        os.mkdir('out')\nopen('out/sum.txt', 'w').write(str(helper.double(total)))\n\
        print(os.path.exists('other.txt'))\n";
    page.set("program", source).await;
    assert_eq!(run_to_the_end(&page).await, "False\n");
    let saved = saved_by(&page, "[data-file='out/sum.txt'] button").await;
    assert_eq!(saved, ("sum.txt".to_owned(), "14".to_owned()));
    let left = page.evaluate("document.querySelectorAll('#left li').length");
    assert_eq!(left.await, json!(1), "what was given is not listed again");
}

/// In a frame there is the program and what it does, and nothing else of the site.
pub async fn an_embedded_playground_has_no_surroundings(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?run&embed", server.url())).await;
    page.until_ready().await;
    page.until("the editor", IS_EDITOR_THERE).await;
    let around = "document.querySelectorAll('.masthead, .experiments, .about, .foot').length";
    assert_eq!(page.evaluate(around).await, json!(0));
    page.set("program", "print('in a frame')\n").await;
    assert_eq!(run_to_the_end(&page).await, "in a frame\n");
    // The lanes have the process.
    let lanes = "document.querySelector('#lanes [role=listitem]').innerText";
    let lane = page.text(lanes).await;
    assert!(
        lane.contains("MainProcess") && lane.contains("exit 0"),
        "{lane}"
    );
}

/// Input and interrupts, by an interpreter that only speaks the agreed interface.
pub async fn the_playground_answers_and_interrupts(page: Page) {
    let folder = copy_of_dist(&format!("interface-{:?}", page.kind));
    fs::write(
        folder.join("python/python.js"),
        include_str!("example/interface.js"),
    )
    .unwrap();
    let server = serve(|options| options.root = folder);
    open_with_editor(&page, &server.url()).await;
    page.click("#run").await;
    page.until("the question", "document.querySelector('#question')")
        .await;
    let label = "document.querySelector('label[for=answer]').textContent";
    assert_eq!(
        page.text(label).await,
        "MainProcess waits for a line of input"
    );
    page.set("answer", "Ada").await;
    page.click("#question [type=submit]").await;
    let output = "What is your name? Ada\nhello Ada\n";
    page.until(
        "the answer",
        &format!("{OUTPUT} === {}", Value::from(output)),
    )
    .await;
    page.click("#end-of-input").await;
    page.until("no question", "!document.querySelector('#question')")
        .await;

    let stop = "document.querySelector('#stop').textContent";
    assert_eq!(page.text(stop).await, "Stop");
    page.click("#stop").await;
    page.until(
        "the interrupt",
        &format!("{OUTPUT}.endsWith('interrupted\\n')"),
    )
    .await;
    assert_eq!(page.text(stop).await, "Kill");
    page.click("#stop").await;
    page.until_idle().await;
    assert!(page.text(OUTPUT).await.ends_with("interrupted\nkilled\n"));
    page.until_words_are_shown("Stopped.").await;
}

/// Once used, it works without the host.
pub async fn the_playground_works_offline_after_the_first_use(page: Page) {
    let server = serve(|options| options.isolation = false);
    page.open(&format!("{}?run", server.url())).await;
    page.until(
        "isolation",
        "crossOriginIsolated && document.documentElement.dataset.isolation === 'yes'",
    )
    .await;
    page.until_ready().await;
    page.until("the editor", IS_EDITOR_THERE).await;
    page.set("program", "print('kept')\n").await;
    assert_eq!(run_to_the_end(&page).await, "kept\n");
    // The page's files, the editor, and the four files of Python.
    page.until_kept(super::files_of_the_page() + 1 + 4).await;
    let address = format!("{}?run", server.url());
    drop(server);
    page.open(&address).await;
    page.until_ready().await;
    page.until("the editor", IS_EDITOR_THERE).await;
    assert_eq!(run_to_the_end(&page).await, "kept\n");
}

/// Where the editor cannot be had, a text area does its work.
pub async fn a_text_area_does_the_work_of_a_missing_editor(page: Page) {
    let folder = copy_of_dist(&format!("no-editor-{:?}", page.kind));
    fs::remove_file(only_file(&folder, "/editor.js")).unwrap();
    let server = serve(|options| options.root = folder);
    open(&page, &server.url()).await;
    assert_eq!(
        page.text("document.querySelector('#program').tagName")
            .await,
        "TEXTAREA"
    );
    page.set("program", "def f():\n    raise KeyError(1)\n\nf()\n")
        .await;
    run_to_the_end(&page).await;
    page.until_words_are_shown("MainProcess: KeyError: 1").await;
    page.until_words_are_shown("Line 2").await;
}
