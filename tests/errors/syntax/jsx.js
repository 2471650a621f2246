const el = <div>hello</div>;
