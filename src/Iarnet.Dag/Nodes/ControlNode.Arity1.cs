namespace Iarnet.Dag;

/// <summary>A call with one argument.</summary>
internal sealed class ControlNode<T1, TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output, DataRef<T1> a)
    : ResultNode<TR>(session, function, body, output)
{
    private DataRef<T1>? _a = a;

    public override int ArgumentCount => _a is null ? 0 : 1;

    public override DataRef GetInput(int index) => _a!;

    public override Task? Invoke() => Kind switch
    {
        CallKind.Value => Set(((Func<T1, TR>)Body!)(_a!.Value)),
        CallKind.Task => Await(((Func<T1, Task<TR>>)Body!)(_a!.Value)),
        CallKind.CancelableTask => Await(((Func<T1, CancellationToken, Task<TR>>)Body!)(_a!.Value, Cancellation)),
        _ => throw NoBody(),
    };

    protected override void DropInputs() => _a = null;
}
