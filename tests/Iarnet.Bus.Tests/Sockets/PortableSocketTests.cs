using Iarnet.Bus.Transport;
using Iarnet.Bus.Transport.Sockets;

namespace Iarnet.Bus.Tests.Sockets;

/// <summary>Sockets over the framework's own means, as on platforms without epoll.</summary>
public sealed class PortableSocketTests : SocketTests
{
    private protected override ITransport? Transport => PortableTransport.Instance;
}
