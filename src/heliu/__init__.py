"""Heliu 合流: open industrial digital finance."""
