import { Component, type ReactNode } from "react";

interface Props {
  /** Shown in place of children that failed. */
  fallback: (again: () => void) => ReactNode;
  onFail?: () => void;
  children: ReactNode;
}

/** Keeps the failure of a part of the page from the rest. */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch() {
    this.props.onFail?.();
  }

  override render() {
    return this.state.failed ? this.props.fallback(() => this.setState({ failed: false })) : this.props.children;
  }
}
