namespace Iarnet.Bus.Tests.Sockets;

/// <summary>Sockets over what the platform does best: epoll on Linux.</summary>
public sealed class PlatformSocketTests : SocketTests;
