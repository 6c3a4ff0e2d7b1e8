namespace Iarnet.Rpc;

/// <summary>A method of a service, apart from its types.</summary>
public interface IMethod
{
    /// <summary>Which side sends how many messages.</summary>
    MethodType Type { get; }

    /// <summary>The service with its package: "iarnet.store.v1.ObjectStore".</summary>
    string ServiceName { get; }

    /// <summary>The method alone: "Put".</summary>
    string Name { get; }

    /// <summary>The path on the wire: "/iarnet.store.v1.ObjectStore/Put".</summary>
    string FullName { get; }
}
