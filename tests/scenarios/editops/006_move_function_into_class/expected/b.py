class Box:
    name = ''

    def show(self):
        return f"""
{self.name}
  end"""
