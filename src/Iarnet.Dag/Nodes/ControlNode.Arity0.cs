namespace Iarnet.Dag;

/// <summary>A call with no argument.</summary>
internal sealed class ControlNode<TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output)
    : ResultNode<TR>(session, function, body, output)
{
    public override int ArgumentCount => 0;

    public override DataRef GetInput(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public override Task? Invoke() => Kind switch
    {
        CallKind.Value => Set(((Func<TR>)Body!)()),
        CallKind.Task => Await(((Func<Task<TR>>)Body!)()),
        CallKind.CancelableTask => Await(((Func<CancellationToken, Task<TR>>)Body!)(Cancellation)),
        _ => throw NoBody(),
    };

    protected override void DropInputs()
    {
    }
}
