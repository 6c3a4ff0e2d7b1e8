namespace Iarnet.Hosting.Tests.Harness;

/// <summary>A test that mounts a file system or changes an owner, which needs root.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Skip = "Needs root on Linux: it mounts a small file system or changes an owner.";
        }
    }
}
