using System.Threading.Channels;

namespace Iarnet.Components.Tests;

internal sealed class FakeLauncher : IComponentLauncher
{
    private readonly Channel<FakeComponent> _launched = Channel.CreateUnbounded<FakeComponent>();

    /// <summary>What a launch does before it gives a component; by default nothing.</summary>
    public Action<ComponentLaunch> OnLaunch { get; set; } = _ => { };

    public bool Connects { get; set; } = true;

    public int Launches { get; private set; }

    public async ValueTask<ILaunchedComponent> LaunchAsync(ComponentLaunch launch, CancellationToken cancellationToken)
    {
        Launches++;
        OnLaunch(launch);
        var component = new FakeComponent(launch);
        if (Connects)
        {
            await component.ConnectAsync().Within("the component to connect");
        }

        _launched.Writer.TryWrite(component);
        return component;
    }

    public Task<FakeComponent> NextAsync() => _launched.Reader.ReadAsync().AsTask().Within("a component to be launched");
}
