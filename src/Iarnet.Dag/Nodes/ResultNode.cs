namespace Iarnet.Dag;

/// <summary>A call whose result has a type.</summary>
internal abstract class ResultNode<TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output)
    : ControlNode(session, function, output)
{
    public DataRef<TR> Result => (DataRef<TR>)Output;

    protected Delegate? Body { get; } = body.Body;

    protected CallKind Kind { get; } = body.Kind;

    public override void TakeResult(Task task) => Result.SetValue(((Task<TR>)task).GetAwaiter().GetResult());

    protected Task? Set(TR value)
    {
        Result.SetValue(value);
        return null;
    }

    protected Task? Await(Task<TR> task)
    {
        if (task is null)
        {
            throw new InvalidOperationException($"'{Function.Name}' returned null in place of a task.");
        }

        return task.IsCompletedSuccessfully ? Set(task.Result) : task;
    }

    protected FunctionNotSupportedException NoBody() => new(
        $"'{Function.Name}' is a {Function.Language} function: it has no code in this process. Add an actor host for its language.");
}
