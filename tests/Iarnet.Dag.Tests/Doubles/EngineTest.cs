namespace Iarnet.Dag.Tests;

/// <summary>A test with one engine that ends with it.</summary>
public abstract class EngineTest : IAsyncLifetime, IAsyncDisposable
{
    private protected EngineTest(DagEngine engine) => Engine = engine;

    private protected DagEngine Engine { get; }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().Within("the engine to end");
        GC.SuppressFinalize(this);
    }
}
