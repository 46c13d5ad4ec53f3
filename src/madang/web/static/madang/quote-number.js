// A button of the text editor: pick a solution's number, and its quotation is written where the cursor stands.
(() => {
  const { Component } = window.React;
  const { EditorState, Modifier } = window.DraftJS;
  const korean = document.documentElement.lang.startsWith("ko");
  const words = korean
    ? { title: "정책 모형의 수치", put: "넣기", cancel: "그만두기", none: "아직 계산된 수치가 없습니다." }
    : { title: "A solution's number", put: "Insert", cancel: "Cancel", none: "No number has been computed yet." };

  const make = (tag, values = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...children);
    return made;
  };

  class QuoteNumber extends Component {
    async componentDidMount() {
      const answer = await fetch("/admin/numbers/");
      const { groups } = await answer.json();
      this.show(groups);
    }

    show(groups) {
      const list = make("select", { size: 14, ariaLabel: words.title, name: "number" });
      for (const group of groups) {
        const options = group.numbers.map((one) =>
          make("option", { value: one.address, textContent: `${one.title}: ${one.value}` }),
        );
        list.append(make("optgroup", { label: group.title }, ...options));
      }
      const put = make("button", { type: "button", className: "button", textContent: words.put });
      const cancel = make("button", { type: "button", className: "button button-secondary", textContent: words.cancel });
      const body = groups.length ? list : make("p", { textContent: words.none });
      this.dialog = make("dialog", {}, make("h2", { textContent: words.title }), body, make("p", {}, put, " ", cancel));
      put.addEventListener("click", () => this.finish(list.value));
      list.addEventListener("dblclick", () => this.finish(list.value));
      cancel.addEventListener("click", () => this.finish(""));
      this.dialog.addEventListener("cancel", () => this.finish(""));
      document.body.append(this.dialog);
      this.dialog.showModal();
    }

    finish(address) {
      const { editorState, onComplete, onClose } = this.props;
      this.dialog.remove();
      if (!address) {
        onClose();
        return;
      }
      const text = `{{ number:${address} }}`;
      const content = Modifier.replaceText(editorState.getCurrentContent(), editorState.getSelection(), text);
      onComplete(EditorState.push(editorState, content, "insert-characters"));
    }

    render() {
      return null;
    }
  }

  window.draftail.registerPlugin({ type: "NUMBER", source: QuoteNumber, decorator: ({ children }) => children }, "entityTypes");
})();
