namespace Iarnet.Dag;

/// <summary>Something for the engine's loop to do. It is itself the link of the queue, so that queueing allocates nothing.</summary>
internal interface ILoopItem
{
    ILoopItem? Next { get; set; }

    void Run(EngineLoop loop);
}
