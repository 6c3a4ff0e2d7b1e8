namespace Iarnet.Dag;

/// <summary>A rare thing to do in the loop, for which a type of its own is not worth it.</summary>
internal sealed class LoopAction(Action<EngineLoop> action) : ILoopItem
{
    public ILoopItem? Next { get; set; }

    public void Run(EngineLoop loop) => action(loop);
}
