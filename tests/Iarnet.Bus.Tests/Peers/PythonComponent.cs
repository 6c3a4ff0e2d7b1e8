namespace Iarnet.Bus.Tests.Peers;

/// <summary>The component of the protocol page, beside what protoc made, as the page says that it is run.</summary>
internal sealed class PythonComponent : IDisposable
{
    private readonly PythonProto _proto;

    private PythonComponent(PythonProto proto) => _proto = proto;

    private string Program => Path.Combine(_proto.Path, "component.py");

    /// <summary>Copies it out of the page.</summary>
    /// <param name="change">Makes another program of it; default: none.</param>
    public static async Task<PythonComponent> PrepareAsync(Func<string, string>? change = null)
    {
        var component = new PythonComponent(PythonProto.Generate());
        await component._proto.Done;
        await File.WriteAllTextAsync(component.Program, change is null ? ProtocolPage.Component : change(ProtocolPage.Component));
        return component;
    }

    public Task<ForeignPeer> StartAsync(string endpoint, string id) => PythonPeer.StartSilentAsync(Program, endpoint, id);

    public void Dispose() => _proto.Dispose();
}
