namespace Iarnet.Rpc.Harness;

/// <summary>Binds a service without its method Nowhere, so that clients find a method that the server does not know.</summary>
internal sealed class ServedMethods : ServiceBinderBase
{
    private readonly ServerServiceDefinition.Builder _builder = ServerServiceDefinition.CreateBuilder();

    public ServedMethods(ServerServiceDefinition all) => all.BindService(this);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        if (method.Name != "Nowhere")
        {
            _builder.AddMethod(method, handler!);
        }
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) => _builder.AddMethod(method, handler!);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) => _builder.AddMethod(method, handler!);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) => _builder.AddMethod(method, handler!);

    public ServerServiceDefinition WithoutNowhere() => _builder.Build();
}
